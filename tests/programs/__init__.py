"""The programs of fixtures/programs, run and compared."""
