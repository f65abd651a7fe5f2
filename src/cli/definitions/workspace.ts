/**
 * The command lines of what keeps workspaces.
 */

import { type Command, Option } from 'commander';
import { durationArgument, sizeArgument } from '../arguments.ts';
import { type Definer, repeatable } from '../definer.ts';

const WORKSPACE = `{"repository", "branch": name or null, "level": "repo"|"repo_branch",
   "components": ["zmk"|"zephyr"|"modules"|"west"|"build"], "files", "bytes",
   "created", "ageSeconds", "expires": time or null}`;

const AS_JSON = {
  add: WORKSPACE,
  list: `[${WORKSPACE}]`,
  restore: `{"target", "workspace": as list shows it}`,
  export: `{"file", "fileBytes", "workspace": as list shows it}`,
  delete: '{"repository", "branch": name or null, "deleted": true}',
  cleanup: '{"removed": [workspace as list shows it], "dryRun"}',
} as const;

const NAMES = `
REPOSITORY is owner/name on GitHub, or any address of a Git repository. Without
--branch it is the workspace that all branches have in common.`;

const ADD_HELP = `${NAMES}
PATH is a folder, or an archive (zip, tar, tar.gz; told by its content) that holds
the workspace at its top or in one folder. Links that lead out of it are refused;
leave such parts out with --exclude. Folders marked by CACHEDIR.TAG are left out.
How long it is kept depends on what it holds: see the README, or say --ttl.

Examples:
  $ glovebox-cache workspace add zmkfirmware/zmk ~/zmk --branch main --exclude .venv
  $ glovebox-cache workspace add zmkfirmware/zmk zmk-main.zip --branch main

With --json:
  ${AS_JSON.add}`;

/** Defines `workspace` and the commands under it. */
export function defineWorkspaceCommands({ add, contextOf, finish }: Definer): void {
  const workspace = add('workspace', 'keep ZMK workspaces, and restore them').helpCommand(false);
  const load = () => import('../commands/workspace.ts');

  add('add', 'add a workspace from a folder or an archive', workspace)
    .argument('<repository>', 'the repository that it belongs to')
    .argument('<path>', 'the folder or the archive')
    .addOption(branchOption())
    .option('--ttl <duration>', 'how long it is kept (default: by what it holds)', durationArgument)
    .addOption(repeatable('--exclude <glob>', 'what to leave out (repeatable)'))
    .option('--max-unpacked <size>', 'the most that an archive may hold (default: 50 times its size)', sizeArgument)
    .option('--max-size <size>', 'the limit of the tag (default: as configured)', sizeArgument)
    .addOption(tagOption())
    .addHelpText('after', ADD_HELP)
    .action(async (repository: string, path: string, options, self: Command) => {
      const { addWorkspace } = await load();
      finish(await addWorkspace(contextOf(self), repository, path, options));
    });

  add('list', 'list the workspaces', workspace)
    .addOption(tagOption())
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.list}`)
    .action(async (options, self: Command) => {
      const { listWorkspaces } = await load();
      finish(await listWorkspaces(contextOf(self), options));
    });

  add('restore', 'restore a workspace into a folder, whole or not at all', workspace)
    .argument('<repository>', 'the repository')
    .argument('<target>', 'a folder that is empty or does not exist yet')
    .addOption(branchOption())
    .option('--fallback', 'take what all branches have in common if there is none of the branch')
    .option('--replace', 'replace a workspace that is in the folder')
    .addOption(tagOption())
    .addHelpText('after', `${NAMES}\n\nWith --json:\n  ${AS_JSON.restore}`)
    .action(async (repository: string, target: string, options, self: Command) => {
      const { restoreWorkspace } = await load();
      finish(await restoreWorkspace(contextOf(self), repository, target, options));
    });

  add('export', 'write a workspace into an archive', workspace)
    .argument('<repository>', 'the repository')
    .argument('<file>', 'the archive: .zip, .tar, .tar.gz or .tgz')
    .addOption(branchOption())
    .addOption(
      new Option('--format <format>', 'the format, if the name does not tell').choices(['zip', 'tar', 'tar.gz']),
    )
    .option('--fallback', 'take what all branches have in common if there is none of the branch')
    .option('--replace', 'replace a file that is there')
    .addOption(tagOption())
    .addHelpText('after', `${NAMES}\n\nWith --json:\n  ${AS_JSON.export}`)
    .action(async (repository: string, file: string, options, self: Command) => {
      const { exportWorkspace } = await load();
      finish(await exportWorkspace(contextOf(self), repository, file, options));
    });

  add('delete', 'remove a workspace', workspace)
    .argument('<repository>', 'the repository')
    .addOption(branchOption())
    .addOption(tagOption())
    .addHelpText('after', `${NAMES}\n\nWith --json:\n  ${AS_JSON.delete}`)
    .action(async (repository: string, options, self: Command) => {
      const { deleteWorkspace } = await load();
      finish(await deleteWorkspace(contextOf(self), repository, options));
    });

  add('cleanup', 'remove old workspaces', workspace)
    .requiredOption('--older-than <duration>', 'those added longer ago than this', durationArgument)
    .option('--dry-run', 'only tell what would be removed')
    .addOption(tagOption())
    .addHelpText('after', `\nWith --json:\n  ${AS_JSON.cleanup}`)
    .action(async (options, self: Command) => {
      const { cleanupWorkspaces } = await load();
      finish(await cleanupWorkspaces(contextOf(self), options));
    });
}

function branchOption(): Option {
  return new Option('--branch <branch>', 'the branch (default: what all branches have in common)');
}

function tagOption(): Option {
  return new Option('--tag <tag>', 'the tag to keep workspaces under').default('compilation');
}
