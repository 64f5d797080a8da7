# Sums up what cargo-mutants has written: `make mutants` gives its lists, whose names say what became of
# the mutants in them. Fails where the tests notice too few.

BEGIN {
  count_of_folders = split("decide dns health", folders)
  least["decide"] = least["dns"] = 90
}

{
  split(FILENAME, path, "/")
  fate = path[length(path)]
  split($0, source, "/")
  # shared/src/<folder>/…
  count[source[3], fate]++
}

END {
  for (number = 1; number <= count_of_folders; number++) {
    folder = folders[number]
    # A test that hangs has noticed, too.
    caught = count[folder, "caught.txt"] + count[folder, "timeout.txt"]
    missed = count[folder, "missed.txt"]
    percent = caught + missed ? 100 * caught / (caught + missed) : 0
    printf "%-7s %4d caught, %3d missed, %3d unviable: %5.1f %% caught\n",
      folder, caught, missed, count[folder, "unviable.txt"], percent
    if (percent < least[folder]) too_few = too_few " " folder
  }
  if (too_few) print "fewer than 90 % are caught in:" too_few
  exit too_few != ""
}
