"""Ways to run a graph; for TensorFlow 1.15 and 2."""

import collections
import threading

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

Pair = collections.namedtuple("Pair", "c h")
x = tf.placeholder(tf.float32, [None, 2], name="x")
c = tf.zeros([1, 2], name="c")
h = tf.zeros([1, 2], name="h")
total = tf.reduce_sum(x, name="total")
state = Pair(c, h)
moved = Pair(tf.add(c, 1.0, name="moved_c"), tf.add(h, 2.0, name="moved_h"))
sparse = tf.sparse_placeholder(tf.float32, name="sparse")
dense = tf.sparse_tensor_to_dense(sparse, name="dense")
w = tf.get_variable("w", [2])


def fetch(sess, what, feed=None):
    return sess.run(what, feed)


with tf.Session() as sess:
    w.initializer.run()
    w.initialized_value().eval()
    for size in (3, 3, 1):
        fetch(sess, {"total": total, "again": [total]}, {x: np.ones([size, 2])})
    fetch(sess, "total:0", {"x:0": [[1, 2], [3, 4], [5, 6]]})
    values = sess.run(state)
    values = sess.run(
        moved,
        feed_dict={
            state: values,
        },
    )
    sess.run(dense, {sparse: tf.SparseTensorValue([[0]], [1.0], [2])})
    call = sess.make_callable(total, [x])
    call(np.ones([1, 2]))
    handle = sess.partial_run_setup([total, moved.c], [x, c])
    sess.partial_run(handle, total, {x: np.ones([1, 2])})
    for number in range(20):
        sess.run(tf.add(total, number), {x: np.ones([1, 2])})

    def work():
        for _ in range(50):
            sess.run(w)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
