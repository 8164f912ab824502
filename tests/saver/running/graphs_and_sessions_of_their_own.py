import tensorflow as tf

first, second = tf.Graph(), tf.Graph()
with first.as_default():
    a = tf.Variable(1.0, name="a")
    a_saver = tf.train.Saver()
with second.as_default():
    b = tf.Variable(2.0, name="b")
    b_saver = tf.train.Saver()
a_session = tf.Session(graph=first)
b_session = tf.Session(graph=second)
a_session.run(a.initializer)
b_session.run(b.initializer)
with a_session.as_default():
    for number in range(2):
        a_saver.save(a_session, "a/model", global_step=number)
        b_saver.save(b_session, "b/model", global_step=number)
with a_session:
    with b_session:
        a_saver.save(a_session, "a/model", global_step=7)
    a_saver.restore(a_session, "a/model-7")
b_saver.restore(b_session, "b/model-1")
print(a_session.run(a), b_session.run(b))
