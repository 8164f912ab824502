"""The random programs have the names that TensorFlow 1.15.5 gives."""

from __future__ import annotations

from .layers import batch_normalization, dense, fully_connected, gru, multi_rnn, normalized, unnamed
from .tf1_graph import Graph, Optimizer

RECORDED = """\
Variable Variable/Adam Variable/Adam_1 Variable/Adam_2 Variable/Adam_3
Variable/ExponentialMovingAverage Variable/ExponentialMovingAverage_1
Variable/mine Variable/mine_1
Variable_1 Variable_1/Adam Variable_1/Adam_1 Variable_1/ExponentialMovingAverage
beta1_power beta1_power_1 beta1_power_2 beta2_power beta2_power_1 beta2_power_2
fully_connected/biases fully_connected/biases/Adam fully_connected/biases/Adam_1
fully_connected/weights fully_connected/weights/Adam fully_connected/weights/Adam_1
fully_connected_1/BatchNorm/beta
fully_connected_1/BatchNorm/beta/Adam fully_connected_1/BatchNorm/beta/Adam_1
fully_connected_1/BatchNorm/moving_mean fully_connected_1/BatchNorm/moving_variance
fully_connected_1/weights fully_connected_1/weights/Adam fully_connected_1/weights/Adam_1
global_step
net/batch_normalization/beta net/batch_normalization/beta/Adam net/batch_normalization/beta/Adam_1
net/batch_normalization/gamma net/batch_normalization/gamma/Adam
net/batch_normalization/gamma/Adam_1
net/batch_normalization/moving_mean net/batch_normalization/moving_variance
net/dense/bias net/dense/bias/Adam net/dense/bias/Adam_1
net/dense/kernel net/dense/kernel/Adam net/dense/kernel/Adam_1
net/dense_1/bias net/dense_1/bias/Adam net/dense_1/bias/Adam_1
net/dense_1/kernel net/dense_1/kernel/Adam net/dense_1/kernel/Adam_1
rnn/gru_cell/candidate/bias rnn/gru_cell/candidate/bias/Adam rnn/gru_cell/candidate/bias/Adam_1
rnn/gru_cell/candidate/kernel rnn/gru_cell/candidate/kernel/Adam
rnn/gru_cell/candidate/kernel/Adam_1
rnn/gru_cell/gates/bias rnn/gru_cell/gates/bias/Adam rnn/gru_cell/gates/bias/Adam_1
rnn/gru_cell/gates/kernel rnn/gru_cell/gates/kernel/Adam rnn/gru_cell/gates/kernel/Adam_1
tr/Variable/RMSProp tr/Variable/RMSProp_1 tr/Variable/RMSProp_2
tr/Variable_1/RMSProp tr/Variable_1/RMSProp_1 tr/Variable_1/RMSProp_2
"""
"""Names in a checkpoint of TensorFlow 1.15.5: a program with these layers, a step, an Adam for
all, one for `Variable` only, another one called `mine`, a centered RMSProp in the variable scope
`tr` for both variables, and two averages."""


def test_names_of_layers_optimizers_and_averages() -> None:
    graph = Graph()
    dense(graph, "net", 5, 4)
    dense(graph, "net", 4, 4)
    batch_normalization(graph, "net", 4, 4)
    unnamed(graph, "", 4, 3)
    gru(graph, "", 3, 4)
    fully_connected(graph, "", 4, 2)
    normalized(graph, "", 2, 2)
    trained = [variable for variable in graph.variables if variable.trainable]
    first, second = (v for v in trained if v.name.startswith("Variable"))
    graph.variable("global_step", (), dtype="int64", trainable=False)
    graph.optimizer(Optimizer("Adam", "Adam"), trained)
    graph.optimizer(Optimizer("Adam", "Adam"), [first])
    graph.optimizer(Optimizer("Adam", "mine"), [first])
    graph.optimizer(Optimizer("centered RMSProp", "RMSProp", "tr"), [first, second])
    graph.average([first, second])
    graph.average([first])
    assert sorted(variable.name for variable in graph.variables) == sorted(RECORDED.split())


def test_an_optimizer_in_a_scope_doubles_the_scope_of_its_slots() -> None:
    """Recorded: minimize in `variable_scope("m")` gives `m/beta1_power` and `m/m/w/Adam`."""
    graph = Graph()
    w = graph.variable("m/w", (3,))
    graph.optimizer(Optimizer("Adam", "Adam", "m"), [w])
    names = {variable.name for variable in graph.variables}
    assert names == {"m/w", "m/beta1_power", "m/beta2_power", "m/m/w/Adam", "m/m/w/Adam_1"}


def test_cells_in_cells() -> None:
    graph = Graph()
    multi_rnn(graph, "dec", 2, 3)
    assert [(v.name, v.shape) for v in graph.variables] == [
        ("dec/rnn/multi_rnn_cell/cell_0/basic_rnn_cell/kernel", (5, 3)),
        ("dec/rnn/multi_rnn_cell/cell_0/basic_rnn_cell/bias", (3,)),
        ("dec/rnn/multi_rnn_cell/cell_1/basic_rnn_cell/kernel", (6, 3)),
        ("dec/rnn/multi_rnn_cell/cell_1/basic_rnn_cell/bias", (3,)),
    ]
