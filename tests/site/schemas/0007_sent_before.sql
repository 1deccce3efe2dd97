-- A step whose call was on its way when it failed, and which was tried anew.
UPDATE step SET sent_before = 1 WHERE request_id = '019bc0e5-f8b0-7ccd-b277-89584220b8ff' AND position = 0;
