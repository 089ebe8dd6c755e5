import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** esbuild's ESM output has no `require`; some of the SDK's parts call it. */
const requireBanner =
  "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/**
 * Ways of finding credentials that the SDK would load on demand and never does in Lambda, where they are
 * in the environment. Left out they save every bundle a fifth of its size.
 */
const unusedCredentialProviders = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/**
 * Machine code that ssh2 would use where it was built for the machine; without it, it does the same in
 * JavaScript.
 */
const machineCode = ['cpu-features', '*.node'];

/** What ssh2, which is CommonJS, asks for; an ES module has it by other names. */
const commonJsNames = { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' };

/**
 * The code of a function: one minified ESM file with everything in it, the SDK too, and its source map.
 * esbuild runs in this process: CDK's own NodejsFunction starts it by npx, which takes most of a second
 * for each function.
 *
 * @param entry below `lambdas/`
 * @param addFiles puts further files beside the bundle
 */
export function bundle(entry: string, addFiles: (folder: string) => void = () => undefined): Code {
  return Code.fromAsset(`${root}lambdas`, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used: the bundling in this process always succeeds or throws.
      image: DockerImage.fromRegistry('none'),
      // CDK takes bundlings with the same source and options for one; the entry tells them apart.
      command: [entry],
      local: {
        tryBundle: (folder) => {
          buildBundle(entry, folder);
          addFiles(folder);
          return true;
        },
      },
    },
  });
}

/** Builds `index.mjs` and its source map into a folder. */
export function buildBundle(entry: string, folder: string): void {
  buildSync({
    entryPoints: [`${root}lambdas/${entry}`],
    outfile: `${folder}/index.mjs`,
    absWorkingDir: root,
    bundle: true,
    external: [...unusedCredentialProviders, ...machineCode],
    define: commonJsNames,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    banner: { js: requireBanner },
    logLevel: 'warning',
  });
}
