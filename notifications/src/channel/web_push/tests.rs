mod channel;
mod sealing;
mod vapid;
