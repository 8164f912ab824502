import tensorflow as tf

w = tf.Variable([1.0, 2.0], name="w")
b = tf.Variable(0.5, name="b")
train = tf.train.AdamOptimizer(0.1).minimize(tf.reduce_sum(w * w) + b * b)
init = tf.global_variables_initializer()
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(init)
    sess.run(train)
    path = saver.save(sess, "model.ckpt")
    print(path, sess.run([w, b]))
with tf.Session() as sess:
    sess.run(init)
    saver.restore(sess, "model.ckpt")
    sess.run(train)
    print(sess.run([w, b]))
    saver.save(sess, "model.ckpt")
with tf.Session() as sess:
    saver.restore(sess, "model.ckpt")
    print(sess.run([w, b]))
