import tensorflow as tf

a = tf.Variable(1.0, name="a")
b = tf.Variable(2.0, name="b")


def load(sess, path, variables):
    with tf.variable_scope("loading"):
        loader = tf.train.Saver(variables)
        loader.restore(sess, path)


def keep(sess, path):
    saver = tf.train.Saver([v for v in tf.global_variables() if v is not None])
    saver.save(sess, path)


with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    keep(session, "first")
    session.run(tf.global_variables_initializer())
    load(session, "first", [a])
    keep(session, "second")
    load(session, "second", [b])
    print(session.run([a, b]))
