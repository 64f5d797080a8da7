# Understudy: one verb for each thing that people and CI do. `make help` lists them.
