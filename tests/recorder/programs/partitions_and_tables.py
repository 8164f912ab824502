"""Partitioned variables with slots and averages, and tables; for TensorFlow 1.15 and 2."""

import os

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(3)):
    embedding = tf.get_variable(
        "emb",
        [7, 2],
        initializer=tf.random_normal_initializer(stddev=0.5, seed=3),
    )
whole = tf.get_variable("whole", [2], use_resource=True)
rows = tf.nn.embedding_lookup(embedding, [0, 5])
loss = tf.reduce_sum(tf.square(rows * whole))
train = tf.train.AdamOptimizer(0.1).minimize(loss)
averages = tf.train.ExponentialMovingAverage(0.5, name="avg", zero_debias=True)
averaged = averages.apply([whole, loss])

words = tf.lookup.experimental.DenseHashTable(
    tf.int64, tf.int64, default_value=-1, empty_key=0, deleted_key=-2, name="words"
)
static = tf.lookup.StaticHashTable(
    tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2], value_dtype=tf.int64), 0
)
insert = words.insert(tf.constant([5], tf.int64), tf.constant([50], tf.int64))

os.mkdir("parts")
saver = tf.train.Saver(sharded=True)
with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.tables_initializer()])
    sess.run(insert)
    for _ in range(2):
        sess.run([train, averaged])
    print(sess.run(static.lookup(tf.constant(["b"])))[0])
    print(saver.save(sess, "./parts/model", global_step=2))
