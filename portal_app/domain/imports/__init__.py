"""Services, team and customers from spreadsheets, and into them."""
