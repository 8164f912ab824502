import tensorflow as tf

a = tf.Variable(1.0, name="a")
part_saver = tf.train.Saver([a])
b = tf.Variable(2.0, name="b")
whole_saver = tf.train.Saver([a, b])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    part_saver.save(sess, "part")
    whole_saver.save(sess, "whole")
    part_saver.restore(sess, "whole")
    for path in ("part", "missing"):
        try:
            whole_saver.restore(sess, path)
        except Exception:
            print("cannot be restored from", path)
