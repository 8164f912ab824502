"""Two graphs, and every way to make a Saver; for TensorFlow 1.15 and 2."""

import os

import tensorflow.compat.v1 as tf
from tensorflow.python.training.saver import Saver, import_meta_graph

tf.disable_v2_behavior()


class Keeper(tf.train.Saver):
    """A Saver of the project's own."""

    def __init__(self, variables):
        super(Keeper, self).__init__(variables, max_to_keep=None)


def build(size):
    w = tf.get_variable("w", [size], initializer=tf.zeros_initializer())
    b = tf.Variable(1.0, name="b", trainable=False, collections=["mine", "variables"])
    return w, b


first = tf.Graph()
with first.as_default():
    w, b = build(2)
    everything = tf.train.Saver(max_to_keep=3, keep_checkpoint_every_n_hours=2)
    renamed = Saver({"other/w": w}, write_version=tf.train.SaverDef.V1)
    keeper = Keeper([b])
    later = tf.train.Saver(defer_build=True, reshape=True)
    tf.get_variable("late", [1], dtype=tf.float64, initializer=tf.ones_initializer())
    later.build()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        os.mkdir("saved")
        for number in range(3):
            everything.save(sess, "saved/model-%d" % number)
        renamed.save(sess, "saved/renamed", write_state=False)
        later.save(sess, os.path.abspath("saved/later"), global_step=7)

with tf.Graph().as_default(), tf.Session() as sess:
    build(3)
    sess.run(tf.variables_initializer(tf.global_variables()[:1]))

tf.reset_default_graph()
imported = import_meta_graph("saved/later-7.meta")
with tf.Session() as sess:
    imported.restore(sess, "saved/later-7")
    print(sess.run("late:0"))
