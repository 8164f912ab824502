import tensorflow as tf

w = tf.Variable(1.0, name="w")
ema = tf.train.ExponentialMovingAverage(0.5)
average = ema.apply([w])
grow = tf.assign_add(w, 4.0)
saver = tf.train.Saver()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(grow)
    sess.run(average)
    saver.save(sess, "model")
    print(sess.run([w, ema.average(w)]))
    shadow_saver = tf.train.Saver({ema.average_name(w): ema.average(w)})
    shadow_saver.save(sess, "shadows")
    sess.run(tf.global_variables_initializer())
    shadow_saver.restore(sess, "shadows")
    print(sess.run([w, ema.average(w)]))
