### Instances.

section-tags = Tags
