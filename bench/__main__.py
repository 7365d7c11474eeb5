"""``make bench``: every measurement, one after the other."""

from bench import availability, event_round_trip, first_load, guessing

for measurement in (availability, guessing, first_load, event_round_trip):
    measurement.main()
