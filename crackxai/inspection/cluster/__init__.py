"""A run over a folder, computed on other machines: a cluster of Ray's.

    this process                      a process beside it              each node
    ClusterRun ── Link ──(pipe)── driver: Pool ──(Ray)── Worker, Worker, ...

This process reads files, asks the records what is known already, and alone writes into them: `FolderRun` as it is. The
bytes of a photo that is not known go through the pipe and Ray's object store to a worker, which holds the model; its
answer comes back the same way. So workers need neither the folder nor the database, and what is recorded, and in which
order, is what a run without a cluster records. Bytes under way are bounded (`questions`).

Ray runs in a process of its own since it belongs to the whole process that starts it: there can be one connection at a
time, it takes over signals, and it *ends the process* when the cluster is lost for long, which a server of pages must
not share. A run that is stopped ends that process, and Ray ends the workers of a driver that is gone.

Why actors and not Ray Data, which is made for streams: nothing in it can stream from here. Its sources are read by
tasks on the nodes, which need not see the folder, or are put into the object store as a whole before anything begins;
so what is known already could not be left out as photos come, an archive's bounds could not be kept, and memory would
not be bounded. Its actors belong to one such data set, so feeding it part after part loads the model again for each.
And a photo whose decoding kills its worker is tried without end there, or, with retries bounded, ends all of the data
set; here it is tried by itself, and told (`pool`).
"""
