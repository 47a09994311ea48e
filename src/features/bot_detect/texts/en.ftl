# What is read of bot detection.

bot_detect-room = Bot detection
bot_detect-doubt-unannounced = It is on, but no channel is set in which cases are announced. Set `MODERATION_LOG_CHANNEL_ID`.
