"""Why a cluster computes nothing, in words that a page can say in its language."""

from __future__ import annotations

from crackxai.errors import ClusterError, Message, PhotoError


def no_ray() -> ClusterError:
    return ClusterError(
        Message(
            "cluster-error.no-ray",
            "expected Ray for computing on a cluster, received an installation without it. Install it: pip install "
            '"crackxai[ray]", or, beside the source: pip install "ray~=2.60".',
        )
    )


def no_address(address: str) -> ClusterError:
    return ClusterError(
        Message(
            "cluster-error.no-address",
            "expected auto or the address of a Ray cluster, HOST:PORT, received {address}. Name what ray start --head "
            "told, such as 10.0.0.5:6379.",
            address=address or "-",
        )
    )


def unreachable(address: str, why: str) -> Message:
    return Message(
        "cluster-error.unreachable",
        "{address}: expected a Ray cluster there, received no answer: {why}. Check the address, that ray start --head "
        "runs there, and that no firewall is between.",
        address=address,
        why=why,
    )


def refused(address: str, why: str) -> Message:
    return Message(
        "cluster-error.refused",
        "{address}: expected to join the Ray cluster there, received: {why}. This computer has to be a node of it, "
        "which may compute nothing: ray start --address={address} --num-cpus=0, with the same versions of Ray and "
        "Python. Where the cluster asks for a token, set RAY_AUTH_MODE=token here, too.",
        address=address,
        why=why,
    )


def another_version(here: str, there: str, node: str) -> Message:
    return Message(
        "cluster-error.another-version",
        "{node}: expected CrackXAI {here} as here, received {there}. Install the same on all nodes.",
        here=here,
        there=there,
        node=node,
    )


def another_model(node: str) -> Message:
    return Message(
        "cluster-error.another-model",
        "{node}: expected the model that this computer has, received another from the same files. Install the same "
        "CrackXAI on all nodes, and leave the model's folder as it is while a run goes on.",
        node=node,
    )


def worker_failed(node: str, why: str) -> Message:
    return Message(
        "cluster-error.worker-failed",
        "{node}: expected a worker that holds the model, received: {why}. Install CrackXAI on all nodes, with what it "
        "needs.",
        node=node,
        why=why,
    )


def no_room(seconds: float) -> Message:
    return Message(
        "cluster-error.no-room",
        "expected a node of the cluster with a free core or GPU, received none in {seconds} seconds. Start one, or "
        "wait until other work has ended, and go on.",
        seconds=f"{seconds:.0f}",
    )


def another_answer(name: str) -> ClusterError:
    return ClusterError(
        Message(
            "cluster-error.another-answer",
            "{name}: expected the answer to what was asked, received one of another model or other settings. Install "
            "the same CrackXAI on all nodes.",
            name=name,
        )
    )


def gone() -> Message:
    return Message(
        "cluster-error.gone",
        "expected the cluster to answer, received the end of its connection. What was recorded is kept: go on when it "
        "is back.",
    )


def deadly(name: str, times: int) -> PhotoError:
    return PhotoError(
        Message(
            "cluster-error.deadly",
            "{name}: expected an answer, received the end of the worker {times} times, the last ones with this photo "
            "alone. Look at the photo, and at the memory of the nodes.",
            name=name,
            times=times,
        )
    )
