import tensorflow as tf

weights = {
    "in": tf.Variable([1.0, 2.0], name="in"),
    "out": tf.Variable([3.0, 4.0]),
}
loss = tf.reduce_sum(weights["in"] * weights["out"])
optimizer = tf.train.RMSPropOptimizer(0.1, momentum=0.5, centered=True)
train = optimizer.minimize(loss)
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(train)
    saver.save(sess, "model")
    sess.run(train)
    after = sess.run(weights)
    saver.restore(sess, "model")
    sess.run(train)
    again = sess.run(weights)
    print(all((after[key] == again[key]).all() for key in weights))
