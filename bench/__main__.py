"""``make bench``: every measurement, one after the other."""

from bench import availability, event_round_trip, first_load, guest_sign_in

for measurement in (availability, guest_sign_in, first_load, event_round_trip):
    measurement.main()
