/** The machine's own Debian or Ubuntu sources: the image is built from where this machine gets its packages. */

/** Format string for `apt-get indextargets`; its lines are what parseIndexTargets reads. */
export const indexTargetFormat = '$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)';

const origins = new Set(['Debian', 'Ubuntu', 'Raspbian']);
const components = new Set(['main', 'universe']);

/**
 * Turns `apt-get indextargets` output into lines of a sources.list: the distribution's own archives of this release
 * (with its updates and security), none of third parties, none of another release.
 * @param release the code name, such as bookworm
 */
export function parseIndexTargets(text: string, release: string): readonly string[] {
  const lines = text.split('\n').flatMap(line => {
    const [origin, codename, component, uri] = line.split('|');
    if (origin === undefined || codename === undefined || component === undefined || uri === undefined)
      return [];
    const ours = origins.has(origin) && components.has(component);
    const sameRelease = codename === release || codename.startsWith(`${release}-`);
    // Back-ports would make another desktop than the one that was tested.
    return ours && sameRelease && !codename.endsWith('-backports')
      ? [`deb ${uri} ${codename} ${component}`]
      : [];
  });
  return [...new Set(lines)].sort();
}
