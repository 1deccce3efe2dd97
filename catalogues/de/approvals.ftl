### Genehmigungen.
