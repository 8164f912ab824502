import tensorflow as tf


class Regressor(object):
    def __init__(self, training):
        self.x = tf.placeholder(tf.float32, [None, 2], name="x")
        with tf.name_scope("hidden"):
            self.w = tf.Variable(tf.ones([2, 1]), name="w")
        with tf.variable_scope("output"):
            self.b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
        self.y = tf.matmul(self.x, self.w) + self.b
        self.loss = tf.reduce_mean(tf.square(self.y - 1.0))
        if training:
            optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
            self.train = optimizer.minimize(self.loss)


def main():
    model = Regressor(True)
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        feed = {model.x: [[1.0, 2.0], [3.0, 4.0]]}
        for _ in range(3):
            sess.run(model.train, feed)
        saver.save(sess, "model")
        before = sess.run(model.loss, feed)
        sess.run(model.train, feed)
        saver.restore(sess, "model")
        print(before == sess.run(model.loss, feed), sess.run([model.w, model.b]))
    print(sorted(v.op.name for v in tf.global_variables() if "save_counter" not in v.op.name))


main()
