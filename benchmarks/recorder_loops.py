"""Training loops in which recorded and unrecorded steps take turns; benchmarks/recorder.py runs it.

    python record_tf1.py recorder_loops.py mlp|rnn BLOCKS STEPS

Prints JSON: seconds a step of each block without and with the recorder. It is a program for
TensorFlow 1.15 or 2 and for Python 3.5 or later.
"""

import json
import sys
import time

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def mlp():
    """The smallest network that one would train: 8 inputs, 16 hidden units, batches of 16."""
    rng = np.random.RandomState(0)
    inputs, targets = rng.randn(16, 8), rng.randn(16, 1)
    x = tf.placeholder(tf.float32, [None, 8])
    y = tf.placeholder(tf.float32, [None, 1])
    w = tf.get_variable("w", [8, 16])
    v = tf.get_variable("v", [16, 1])
    loss = tf.reduce_mean(tf.square(tf.matmul(tf.tanh(tf.matmul(x, w)), v) - y))
    step = tf.train.get_or_create_global_step()
    train = tf.train.AdamOptimizer(0.01).minimize(loss, global_step=step)

    def run(sess):
        return sess.run([train, loss, step], feed_dict={x: inputs, y: targets})

    return run


def rnn():
    """A character model whose state, two layers of (c, h), is fetched and fed back."""
    batch, length, units, vocabulary = 16, 10, 64, 65
    rng = np.random.RandomState(0)
    text = rng.randint(vocabulary, size=(batch, length))
    x = tf.placeholder(tf.int32, [batch, length])
    y = tf.placeholder(tf.int32, [batch, length])
    state = tuple(
        tuple(tf.zeros([batch, units], name="%s%d" % (name, layer)) for name in "ch")
        for layer in range(2)
    )
    embedding = tf.get_variable("embedding", [vocabulary, units])
    outputs, new = tf.unstack(tf.nn.embedding_lookup(embedding, x), axis=1), []
    for layer, (c, h) in enumerate(state):
        kernel = tf.get_variable("kernel%d" % layer, [2 * units, 4 * units])
        bias = tf.get_variable("bias%d" % layer, [4 * units])
        for position, inputs in enumerate(outputs):
            gates = tf.matmul(tf.concat([inputs, h], 1), kernel) + bias
            i, j, f, o = tf.split(gates, 4, 1)
            c = c * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
            h = outputs[position] = tf.tanh(c) * tf.sigmoid(o)
        new.append((c, h))
    logits = tf.tensordot(tf.stack(outputs, 1), tf.transpose(embedding), 1)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    train = tf.train.AdamOptimizer(0.002).minimize(loss)
    kept = [tuple(np.zeros([batch, units], "float32") for _ in "ch") for _ in range(2)]

    def run(sess):
        feed = {x: text, y: text}
        for (c, h), (c_value, h_value) in zip(state, kept):
            feed[c], feed[h] = c_value, h_value
        _, kept[:], _ = sess.run([loss, new, train], feed)

    return run


def main():
    build = {"mlp": mlp, "rnn": rnn}[sys.argv[1]]
    blocks, steps = int(sys.argv[2]), int(sys.argv[3])
    tf.set_random_seed(1)
    run = build()
    cls = next(cls for cls in tf.Session.__mro__ if "run" in vars(cls))
    recorded = cls.run
    methods = {"unrecorded": recorded.__wrapped__, "recorded": recorded}
    seconds = {name: [] for name in methods}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(steps):
            run(sess)
        for block in range(blocks):
            for name in sorted(methods, reverse=block % 2 == 1):
                cls.run = methods[name]
                start = time.perf_counter()
                for _ in range(steps):
                    run(sess)
                seconds[name].append((time.perf_counter() - start) / steps)
        cls.run = recorded
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
