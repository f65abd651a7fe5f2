import * as glovebox from 'glovebox-cache';
import exercise from './exercise.cjs';

await exercise(glovebox, process.argv[2]);
