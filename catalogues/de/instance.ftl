### Instanzen.

section-tags = Tags
