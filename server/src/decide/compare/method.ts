/** `Comparison.method`: how verdicts are found, for people who read figures. */
export const METHOD = [
  'Each run is cut into up to 400 blocks of whole intervals, each with its counts and a histogram of response times.',
  'To see how far a figure could have come out differently, the run is put together anew 600 times from stretches of neighbouring blocks drawn at random (circular block bootstrap).',
  'Stretches are as long as the data remember their past: by the correlogram (Politis and White), by the correlation of neighbours (Andrews), and at least a sixteenth of the run; so that slow swings count as such, and not as proof.',
  'What short runs hide of their swings is made up for, and the draws follow from the run id: the same runs always get the same verdict.',
  'Two figures are compared as a ratio (error rates as a difference), with the wider of two intervals by Student’s t. The first is of these runs: what they vary by within (99 %). The second is of their configurations: what runs of one configuration differ by from each other, for whatever reason (97 %, of the runs’ figures, pooled). On imagined runs of systems that swing, drift and burst the result holds the true difference at least 95 times in 100.',
  'Runs of the same configuration pool into a group, unless their load was changed while they ran. Where all runs are of one configuration, each stands alone.',
  'What runs differ by from each other is read from the groups. Where they are too small for that (one run of each, or two against one) others of the history are taken in: up to ten completed runs of the same configuration, load and table size before those that are compared and ten after them, if there are four beyond the first of each configuration; where both are of one configuration, none from between them, as it is not known what was changed when.',
  'One run of each without such a history: the verdict says that it is for these two runs alone. It then holds what they vary by within, and nothing of what differs from run to run (caches, neighbours, maintenance): repeat the runs to learn whether the systems differ.',
  'BETTER and WORSE: the interval leaves out zero and the difference is at least 1 % (0.01 percentage points of the error rate).',
  'NO EVIDENCE: the interval has zero in it, or the difference is smaller than that, although a difference of 10 % (of the error rate 10 % of it, or 0.1 percentage points) would have been found in at least 95 of 100 cases. It is not proof that there is none.',
  'NOT COMPARABLE: too few samples or trials for that, or the runs did other work: another mix (over 1 %), other parameters or range scans of another length, tables that differ in rows by over 10 %, another way of loading, or the load generator could have been the limit in over 5 % of the time.',
  'Response times are not compared either where the error rates differ by over 1 percentage point, or over 1 % of a fixed rate was never sent: what failed or was not sent has none. The throughput of fixed rates is judged only where one was not kept.',
  'Another table type, warehouse, size or version is no obstacle: it is what is compared.',
  'The maximum gets no verdict, being one operation that grows with the length of a run; nor does p99.9, beyond which runs of minutes have too few operations.',
].join(' ')
