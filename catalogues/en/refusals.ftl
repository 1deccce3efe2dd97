### What Azure's refusals mean.
