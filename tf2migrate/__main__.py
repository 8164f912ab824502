"""`python -m tf2migrate`."""

from tf2migrate.cli import main

if __name__ == "__main__":
    main()
