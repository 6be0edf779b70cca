// Installs the locked packages of a folder, unless they are there already: node install.mjs FOLDER
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
const mark = join(folder, 'node_modules', '.installed-lock.json');

if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lock) {
    const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
    const { status } = spawnSync('npm', options, { cwd: folder, stdio: 'inherit' });
    if (status !== 0) process.exit(1);
    writeFileSync(mark, lock);
}
