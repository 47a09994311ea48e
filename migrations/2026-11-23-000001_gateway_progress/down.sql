DROP TABLE gateway_progress;
