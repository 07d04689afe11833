"""Orders: stock is taken when one is placed and given back when it is cancelled."""
