-- The type of what comes in at the Expo-compatible door without saying its type. An app that moves by setting one URL must lose nothing that
-- Expo would have sent: the same content twice is meant, no cap counts, and a message without a time to live waits for its device as long as
-- Apple and Google keep it (28 days). The users' own settings hold for it as for every type.
insert into push.notification_types (type, capped, dedupe_seconds, ttl_seconds) values ('expo', false, 0, 2419200)
on conflict (type) do nothing;
