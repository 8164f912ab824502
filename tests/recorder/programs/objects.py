"""tf.train.Checkpoint and CheckpointManager in a graph; for TensorFlow 1.15 and 2."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

a = tf.get_variable("scope/a", [2], use_resource=True)
b = tf.get_variable("b", [1], use_resource=True)
optimizer = tf.train.AdagradOptimizer(0.1)
train = optimizer.minimize(tf.reduce_sum(a) + tf.reduce_sum(b))
inner = tf.train.Checkpoint(b=b)
checkpoint = tf.train.Checkpoint(**{"x/y": a, "inner": inner, "optimizer": optimizer})
manager = tf.train.CheckpointManager(checkpoint, "objects", max_to_keep=2)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(checkpoint.save_counter.initializer)
    sess.run(train)
    print(manager.save())
    print(manager.save())
    checkpoint.write("objects/other")
    checkpoint.restore(manager.latest_checkpoint).assert_consumed().run_restore_ops()
