"""齊套分析: how many complete sets what there is allows."""
