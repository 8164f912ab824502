import os

import tensorflow as tf


def save(sess, number):
    saver = tf.train.Saver(max_to_keep=1)
    saver.save(sess, "models/model", global_step=number)


v = tf.Variable(3.0, name="v")
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for turn in range(4):
        save(session, turn)
    print(os.path.basename(tf.train.latest_checkpoint("models")))
