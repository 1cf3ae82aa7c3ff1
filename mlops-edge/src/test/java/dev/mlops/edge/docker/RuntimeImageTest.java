package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RuntimeImageTest {
    @TempDir
    Path directory;

    @Test
    void refusesAClassPathThatDoesNotExist() {
        assertThatThrownBy(() -> RuntimeImage.of("a.Main", List.of(directory.resolve("absent.jar"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("absent.jar");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesADeviceOfAnotherArchitecture() throws IOException {
        String info = "{\"ServerVersion\":\"27\",\"NCPU\":4,\"MemTotal\":1024,\"Architecture\":\"s390x\"}";
        try (FakeDaemon daemon = FakeDaemon.onUnixSocket(
                        directory, FakeDaemon.speaking("1.24", "1.45", request -> request.answer(200, info)));
                DockerEngine engine = DockerEngine.fromUri(daemon.uri())) {
            assertThatThrownBy(() -> RuntimeImage.of("a.Main", List.of()).importInto(engine, "image:1"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("s390x");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void findsTheLibrariesOfAProgram() {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");

        assertThat(SharedLibraries.of(List.of(java)))
                .anyMatch(library -> library.getFileName().toString().startsWith("libc.so"))
                .anyMatch(library -> library.getFileName().toString().startsWith("ld-linux"))
                .allMatch(Files::exists);
    }

    @Test
    void takesNativeLibrariesOutOfAJar() throws IOException {
        Path jar = directory.resolve("runtime.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String name : List.of(
                    "ai/onnxruntime/OnnxTensor.class",
                    "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
                    "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so",
                    "ai/onnxruntime/native/win-x64/onnxruntime.dll")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(name.getBytes(StandardCharsets.US_ASCII));
            }
        }
        Path natives = Files.createDirectory(directory.resolve("native"));

        Path slim = NativeJar.slimmed(jar, directory.resolve("slim.jar"), natives);

        try (ZipFile zip = new ZipFile(slim.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName)).containsExactly("ai/onnxruntime/OnnxTensor.class");
        }
        assertThat(natives.resolve("libonnxruntime.so")).content().contains("native/linux-");
    }

    @Test
    void leavesAJarWithoutNativeLibrariesAsItIs() throws IOException {
        Path jar = directory.resolve("plain.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("a/B.class"));
        }

        assertThat(NativeJar.slimmed(jar, directory.resolve("slim.jar"), directory))
                .isEqualTo(jar);
    }

    @Test
    void aRootFileSystemHasTheDirectoriesAboveEachFile() throws IOException {
        Path program = Files.writeString(directory.resolve("java"), "#!");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        RootFileSystem files = new RootFileSystem();
        files.directory("/tmp", 041777);
        files.file("/app/java/bin/java", program);
        files.text("/etc/passwd", "root");

        List<String> found = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(files.toTar())) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                found.add(entry.getName() + " " + Integer.toOctalString(entry.getMode() & 07777));
            }
        }

        assertThat(found)
                .containsExactly(
                        "app/ 755",
                        "app/java/ 755",
                        "app/java/bin/ 755",
                        "app/java/bin/java 755",
                        "etc/ 755",
                        "etc/passwd 644",
                        "tmp/ 1777");
    }

    @Test
    void saysWhatAToolOfThisMachineSaid() {
        assertThatThrownBy(() -> LocalTool.run(List.of("sh", "-c", "echo broken; exit 3")))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("3")
                .hasMessageContaining("broken");
        assertThatThrownBy(() -> LocalTool.run(List.of("no-such-program-here")))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no-such-program-here");
    }
}
