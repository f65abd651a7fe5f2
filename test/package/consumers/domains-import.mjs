import * as glovebox from 'glovebox-cache';
import * as compilation from 'glovebox-cache/compilation';
import * as layout from 'glovebox-cache/layout';
import * as metrics from 'glovebox-cache/metrics';
import * as warming from 'glovebox-cache/warming';
import exercise from './domains-exercise.cjs';

await exercise({ glovebox, compilation, layout, metrics, warming }, process.argv[2]);
