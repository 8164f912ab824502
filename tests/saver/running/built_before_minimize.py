import tensorflow as tf

w = tf.Variable([1.0, 2.0], name="w")
optimizer = tf.train.AdamOptimizer(0.1)
saver = tf.train.Saver()
train = optimizer.minimize(tf.reduce_sum(w * w))
late = tf.Variable(7.0, name="late")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(train)
    saver.save(sess, "model")
    sess.run(tf.global_variables_initializer())
    sess.run(tf.assign(late, 8.0))
    saver.restore(sess, "model")
    print(sess.run([w, late]))
