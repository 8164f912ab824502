import os

import tensorflow as tf

v = tf.Variable(1.0, name="v")
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(v.initializer)
    saver.save(sess, "relative")
    print(tf.train.latest_checkpoint("."))
    os.mkdir("folder")
    saver.save(sess, os.path.join(os.getcwd(), "folder", "absolute"))
    print(os.path.relpath(tf.train.latest_checkpoint("folder")))
    print(os.path.relpath(tf.train.get_checkpoint_state("folder").model_checkpoint_path))
