"""A model of tf.keras with a Saver; for TensorFlow 1.15."""

import numpy as np
import tensorflow as tf

model = tf.keras.Sequential(
    [
        tf.keras.layers.Dense(3, input_shape=(2,)),
        tf.keras.layers.BatchNormalization(),
        tf.keras.layers.Dense(1),
    ]
)
model.compile("adam", "mse")
model.fit(np.ones((8, 2)), np.ones((8, 1)), epochs=2, verbose=0)
saver = tf.train.Saver()
saver.save(tf.keras.backend.get_session(), "./keras")
