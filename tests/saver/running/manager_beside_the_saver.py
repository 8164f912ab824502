import os

import tensorflow as tf

w = tf.get_variable("w", [2], initializer=tf.zeros_initializer())
step = tf.train.get_or_create_global_step()
grow = [tf.assign_add(w, [1.0, 2.0]), tf.assign_add(step, 3)]
saver = tf.train.Saver(max_to_keep=2)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(4):
        sess.run(grow)
        saver.save(sess, os.path.join("models", "model"), global_step=step)
    newest = tf.train.latest_checkpoint("models")
    print(os.path.basename(newest))
    sess.run(tf.global_variables_initializer())
    saver.restore(sess, newest)
    print(sess.run([w, step]))
    sess.run(grow)
    saver.save(sess, os.path.join("models", "model"), global_step=step)
