"""Sessions that TensorFlow makes, with the Savers that it makes; for TensorFlow 1.15 and 2."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def graph():
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(w * w)
    return tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss, global_step=step), loss


with tf.Graph().as_default():
    train, loss = graph()
    session = tf.train.MonitoredTrainingSession(
        checkpoint_dir="monitored",
        save_checkpoint_secs=10**6,
        save_summaries_steps=None,
        log_step_count_steps=None,
    )
    for _ in range(3):
        session.run([train, loss])
    session.close()

with tf.Graph().as_default():
    train, loss = graph()
    supervisor = tf.train.Supervisor(logdir="supervised", save_summaries_secs=0, save_model_secs=0)
    with supervisor.managed_session() as session:
        session.run(train)
        supervisor.saver.save(session, "supervised/model", global_step=1)
