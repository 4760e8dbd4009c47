package ispcrm.emulation;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that other users of the machine cannot read. */
public final class OwnerOnly {
  private static final Set<PosixFilePermission> PERMISSIONS =
      PosixFilePermissions.fromString("rw-------");

  private OwnerOnly() {}

  /**
   * Creates an empty file, or takes the permissions for an existing one from all others. A file
   * system without such permissions, as on Windows, has rules of its own.
   *
   * @throws IOException if the file cannot be created or changed
   */
  public static void create(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(PERMISSIONS));
    } catch (FileAlreadyExistsException e) {
      Files.setPosixFilePermissions(file, PERMISSIONS);
    }
  }
}
