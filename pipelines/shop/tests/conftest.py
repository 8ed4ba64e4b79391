from support.clicks import items as items
from support.star import shop as shop
from support.star import star as star
