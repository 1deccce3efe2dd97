-- Whether a step's call was on its way before a person had the step tried anew: what is found in Azure
-- then may be this run's own work, and is told so.
ALTER TABLE step ADD COLUMN sent_before BIGINT NOT NULL DEFAULT 0;
