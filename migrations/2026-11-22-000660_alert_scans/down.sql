DROP TABLE alert_scans;
