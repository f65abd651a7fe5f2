const exercise = require('./domains-exercise.cjs');

exercise(
  {
    glovebox: require('glovebox-cache'),
    compilation: require('glovebox-cache/compilation'),
    layout: require('glovebox-cache/layout'),
    metrics: require('glovebox-cache/metrics'),
    warming: require('glovebox-cache/warming'),
  },
  process.argv[2],
);
