import os

import tensorflow as tf


class Model(object):
    def __init__(self):
        self.sess = tf.Session()
        self.w = tf.get_variable("w", [2], initializer=tf.zeros_initializer())
        self.grow = tf.assign_add(self.w, [1.0, 2.0])
        self.saver = tf.train.Saver(max_to_keep=2)
        self.sess.run(tf.global_variables_initializer())

    def save(self, folder, number):
        self.sess.run(self.grow)
        self.saver.save(self.sess, os.path.join(folder, "model"), global_step=number)

    def load(self, folder):
        state = tf.train.get_checkpoint_state(folder)
        self.saver.restore(self.sess, state.model_checkpoint_path)
        print(os.path.basename(state.model_checkpoint_path), self.sess.run(self.w))


model = Model()
for turn in range(5):
    model.save("models", turn)
model.sess.run(model.w.initializer)
model.load("models")
