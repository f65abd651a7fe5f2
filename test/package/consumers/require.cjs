const glovebox = require('glovebox-cache');
const exercise = require('./exercise.cjs');

exercise(glovebox, process.argv[2]);
